"""The life of one machine-learning model that bills while it runs: what is asked, what it means, what is told."""
