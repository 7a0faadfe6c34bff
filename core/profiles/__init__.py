"""Neuron activation profiles: a network's responses averaged over everything that shares a sound.

Krug, Knaebel and Stober 2018; Krug and Stober 2020 (GradNAP).
"""
