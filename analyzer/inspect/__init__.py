"""What the analysis knows of a place or a function, told on request and without any rule."""
