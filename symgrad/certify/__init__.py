"""Certificates: proofs as data, checked again without the decision procedure, and by the Coq kernel."""
