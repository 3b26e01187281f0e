"""What speaks to models. Knows no tables and no Django: values come in as arguments."""
