"""Play for data: mazes for learning histories (ways to play: `learners.py`), tasks for episodes."""
