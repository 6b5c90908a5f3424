"""The sentence above the quotes: what follows for the shop from what a question tells, as a few sayings.

`saying` has the choice of what to say, `access` what scores do to the access, `entry` the conditions of entering,
`claims` what is said of the rules, `asides` what counts for nothing. The words stand in `answers/_says.html.j2`.
"""

from bot.views.lead.claims import claims as claims
from bot.views.lead.saying import says as says
from bot.views.lead.values import Say as Say
