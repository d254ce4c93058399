"""The settings' rooms: a form for each part, what it means said beside it, errors beside fields.

Every form is plain and works without scripts. What is typed is kept until it is saved; whoever was
overtaken is told, and decides.
"""
