"""The live view: new facts are read once, rendered once, and sent to every page that follows their run."""
