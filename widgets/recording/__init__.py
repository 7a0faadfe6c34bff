"""Recording a sound."""
