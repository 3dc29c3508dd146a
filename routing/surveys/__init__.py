from routing.surveys.planning import plan_for

__all__ = ["plan_for"]
