from .. import command
from .loop import main

command.run(main)
