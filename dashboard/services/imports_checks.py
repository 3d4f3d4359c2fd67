"""What readings must obey before they may be sent, checked over whole columns at once.

The rules are those of `rules.check`; here they hold for two million rows in a few seconds. Only
rows in which something is found are looked at one by one, to say so.
"""

import pandas as pd

from dashboard.services.imports_figures import Figures
from dashboard.services.imports_keys import Keys
from dashboard.services.imports_texts import Texts
from dashboard.services.imports_twins import Twins
from dashboard.services.imports_values import Values


class Checks(Keys, Values, Texts, Figures, Twins):
    """The checks of one file."""

    def run(self) -> pd.DataFrame:
        """Check everything that the file alone can tell, and return the rows with their values."""
        self._keys()
        self._values()
        self._texts()
        self._units()
        self._numbers()
        self._fractions()
        self._twins()
        self._splits()
        self._shares()
        self._counts()
        return self.table.assign(blocked=self.blocked, left_out=self.left_out)
