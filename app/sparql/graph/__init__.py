"""
The data graph: a dataset, a publisher or a theme with what it is connected to, as a picture and as tables. Everything
in it is asked of the public graph in SPARQL, on the terms of the endpoint, so that anybody can ask the same.
"""
