"""The promises of the ports, told as tests: `pytest --pyargs padkit_sdk.conformance --padkit-plugin NAME`."""
