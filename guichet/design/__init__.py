"""How the house looks: page, form, field, components, gallery."""
