def norm(self, h: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], layer: int, training: bool) -> Tensor:
  n = str(layer)
  return torch.batch_norm(h, p[n + '_gamma'], p[n + '_beta'], s[n + '_mean'], s[n + '_var'], training, 0.1, 0.00001, False)

# Two convolutions, whether Lamina's network has them as two layers or as one.
def front(self, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
  if '0_W' in p:
    return torch.conv2d(torch.conv2d(x, p['0_W'], p['0_b']), p['1_W'])
  return torch.conv2d(torch.conv2d(x, p['0_tW'], p['0_tb']), p['0_sW'])

def logits(self, x: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], training: bool) -> Tensor:
  k = 1 if '0_W' in p else 0
  h = self.norm(self.front(x, p), p, s, 1 + k, training)
  h = torch.avg_pool2d(h * h, [1, 75], [1, 15])
  h = torch.dropout(torch.log(torch.clamp(h, 0.000001)), 0.5, training)
  d = str(5 + k)
  return torch.addmm(p[d + '_b'], torch.flatten(h, 1), p[d + '_W'])

def clipped(self, name: str, weight: Tensor, gradient: Tensor) -> Tensor:
  return gradient
