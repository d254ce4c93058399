"""What the product costs beside the least it could cost: ratios, since machines differ and noise
is shared. Each is measured in paired, interleaved rounds, and its median is printed."""
