"""The promises of the ports, told as tests that a hardware team runs against its own driver.

pytest --pyargs padkit_sdk.conformance --padkit-plugin NAME --padkit-port /dev/ttyUSB0
"""
