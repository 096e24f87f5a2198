"""Work done later: the task decorator, the worker, the schedule, the health pages."""
