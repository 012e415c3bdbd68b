"""What the task runner's faces call: one function a command, each returning an exit code."""
