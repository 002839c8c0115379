"""What is declared about a project's code, beside what is estimated: commands that show both."""
