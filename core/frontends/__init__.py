"""What a network computes from the samples before its first layer, one file per front end.

A front end is a frozen value with all its numbers. It is computed in torch, so that gradients pass.
"""
