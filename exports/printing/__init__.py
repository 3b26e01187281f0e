"""Pages out of HTML: laid out by other processes, bound into one PDF. It knows no Django and no messages."""
