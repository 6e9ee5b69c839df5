"""WeChat and SMS as they are on the wire, for tests and the demo. No service imports this package."""
