"""A transcript as XML on its way from draft to signed document."""
