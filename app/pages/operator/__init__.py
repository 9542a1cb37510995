"""The operator's pages: what needs a person, and what a person does about it. All of them lie under `/operator`."""
