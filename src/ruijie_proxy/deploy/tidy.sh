#!/bin/sh
# Usage: tidy.sh FOLDER. Takes it away.
rm -rf "$1"
