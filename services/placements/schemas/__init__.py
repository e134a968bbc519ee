"""What placements' API takes and gives, in marshmallow; from HTTP to the domain's values and back."""
