"""Write all files: `python -m tools.make_vectors`. A second run changes nothing."""

from tools import make_log_folder
from tools.make_vectors import decide, ops, stories, vault, views, whole_case
from tools.make_vectors.build import build, write
from tools.make_vectors.cases import FOLDER

texts = {**build(FOLDER), decide.NAME: decide.text(), ops.NAME: ops.text(), **stories.texts()}
texts[vault.NAME] = vault.text()
texts[whole_case.NAME] = whole_case.text(FOLDER)
for path in write(FOLDER, texts):
    print(path.name)
for path in write(FOLDER, {views.NAME: views.text()}):  # retells the stories just written
    print(path.name)
make_log_folder.main()
