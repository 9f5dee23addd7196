"""The steps of texturing that are neither pure geometry nor pure diffusion."""
