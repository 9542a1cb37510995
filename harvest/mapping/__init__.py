"""Foreign records become DCAT here. Pure: values in, statements out, no file and no network."""
