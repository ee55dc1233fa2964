"""Network families, a file each, and the pure-function form in which every method sees them."""
