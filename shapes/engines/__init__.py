"""The two SHACL engines behind one signature: `run(profile, ntriples) -> list[Finding]`."""
