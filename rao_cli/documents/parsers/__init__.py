"""What runs inside worker processes: parsers of untrusted bytes. They import nothing else of rao."""
