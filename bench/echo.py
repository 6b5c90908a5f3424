"""A peer: a minimal echo bot on the stock library and HTTP client, nothing stored.

python -m bench.echo ROOT FOLDER [concurrent]
"""

import logging
import sys
import warnings

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from bench.contestants import TOKEN


def stock(root: str) -> ApplicationBuilder:
    """The library set up as in the examples, at the Bot API `root`; concurrent with `concurrent` in the arguments."""
    logging.disable()
    warnings.simplefilter("ignore")
    return Application.builder().token(TOKEN).base_url(f"{root}/bot").concurrent_updates("concurrent" in sys.argv)


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """The same text back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


if __name__ == "__main__":
    application = stock(sys.argv[1]).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()
