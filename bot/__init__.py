"""What runs inside Rasa: Chinese understanding, the tracker store, the channel, and fixes to slow spots."""
