def forward(self, x: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor]) -> List[Tensor]:
  return [torch.softmax(self.logits(x, p, s, False), 1)]
