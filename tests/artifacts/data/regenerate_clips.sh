#!/bin/sh
# Writes the clips of this directory anew; ffmpeg 9.0.2 wrote those that are here.
set -eu
cd "$(dirname "$0")"
source="testsrc=duration=1.5:size=64x48:rate=4"
ffmpeg -v error -y -f lavfi -i "$source" -pix_fmt yuv420p -map_metadata -1 -fflags +bitexact -flags:v +bitexact clip.mp4
ffmpeg -v error -y -f lavfi -i "$source" -c:v libvpx -map_metadata -1 -fflags +bitexact clip.webm
