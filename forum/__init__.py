"""The peer forum and the letterbox live here, level with `blog`: neither knows the other, nor `chat` their insides."""
