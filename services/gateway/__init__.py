"""The only public door: who is calling, where the call goes, and the pages that need no app."""
