"""EventBridge's schedule expressions: what is wrong with one, and when it fires.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
and https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
