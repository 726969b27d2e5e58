"""Write all files: `python -m tools.make_vectors`. A second run changes nothing."""

from tools.make_vectors.build import build, write
from tools.make_vectors.cases import FOLDER

for path in write(FOLDER, build(FOLDER)):
    print(path.name)
