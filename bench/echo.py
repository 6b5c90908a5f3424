"""The peer: a minimal echo bot on the stock library, with its own HTTP client, nothing stored.

python -m bench.echo ROOT [concurrent]
"""

import logging
import sys
import warnings

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bench.load import TOKEN


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """The same text back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(root: str, concurrent: bool) -> None:
    """Poll until killed."""
    builder = Application.builder().token(TOKEN).base_url(f"{root}/bot").concurrent_updates(concurrent)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    main(sys.argv[1], "concurrent" in sys.argv)
