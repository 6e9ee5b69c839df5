"""WeChat's mini-program API: login, phone number, access token, subscribe messages (wechat.md 1 to 3)."""
