"""What whoever writes a procedure sees around its pages, in a portal that is thrown away. Never in a real one."""
