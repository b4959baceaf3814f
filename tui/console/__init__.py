"""What unitfit does without a screen: training, its report, and what it knows of the machine."""
