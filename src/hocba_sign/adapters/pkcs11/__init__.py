"""Keys in USB tokens and other devices with a PKCS#11 driver; `cryptoki` alone speaks to it."""
