"""SMS: what the platform needs of a provider, and Aliyun (wechat.md 5)."""
