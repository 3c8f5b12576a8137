"""EventBridge: rules that reach their targets, and schedules that fire."""
