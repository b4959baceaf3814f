"""The parts of the main screen: one a module. They hold no logic, they draw what they are shown."""
