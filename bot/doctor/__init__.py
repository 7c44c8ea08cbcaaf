"""What an owner runs to learn whether all is well (`checkup`), and what Runware really does (`probe`)."""
