def norm(self, h: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], layer: str, training: bool) -> Tensor:
  return torch.batch_norm(h, p[layer + '_gamma'], p[layer + '_beta'], s[layer + '_mean'], s[layer + '_var'], training, 0.01, 0.001, False)

def logits(self, x: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], training: bool) -> Tensor:
  h = torch.conv2d(x, p['0_W'], None, [1, 1], 'same')
  h = self.norm(h, p, s, '1', training)
  h = torch.conv2d(h, p['2_W'], None, [1, 1], [0, 0], [1, 1], h.size(1))
  h = torch.elu(self.norm(h, p, s, '3', training))
  h = torch.dropout(torch.avg_pool2d(h, [1, 4]), 0.5, training)
  h = torch.conv2d(h, p['6_dW'], None, [1, 1], 'same', [1, 1], h.size(1))
  h = torch.conv2d(h, p['6_pW'])
  h = torch.elu(self.norm(h, p, s, '7', training))
  h = torch.dropout(torch.avg_pool2d(h, [1, 8]), 0.5, training)
  return torch.addmm(p['10_b'], torch.flatten(h, 1), p['10_W'])

def clipped(self, name: str, weight: Tensor, gradient: Tensor) -> Tensor:
  return gradient
