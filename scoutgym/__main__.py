"""``python -m scoutgym`` is ``scoutgym``."""

from scoutgym.cli import main

if __name__ == "__main__":
    main()
