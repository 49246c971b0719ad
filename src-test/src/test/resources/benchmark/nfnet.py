# Lamina's NFNET_TINY.

def f(self, h: Tensor) -> Tensor:
  return torch.relu(h) * 1.7139588594436646

def conv(self, h: Tensor, p: Dict[str, Tensor], name: str, stride: int, padding: int) -> Tensor:
  w = p[name + '_W']
  var, mean = torch.var_mean(w, [1, 2, 3], False, True)
  fan_in = w.size(1) * w.size(2) * w.size(3)
  scale = torch.rsqrt(torch.clamp_min(var * fan_in, 0.0001)) * p[name + '_gain'].view(-1, 1, 1, 1)
  groups = h.size(1) // w.size(1)
  return torch.conv2d(h, (w - mean) * scale, p[name + '_b'], [stride, stride], [padding, padding], [1, 1], groups)

def block(self, x: Tensor, p: Dict[str, Tensor], name: str, variance: float, transition: bool) -> Tensor:
  stride = 2 if transition else 1
  a = torch.relu(x) * (1.7139588594436646 / variance ** 0.5)
  h = self.f(self.conv(a, p, name + '-conv0', 1, 0))
  h = self.f(self.conv(h, p, name + '-conv1', stride, 1))
  h = self.f(self.conv(h, p, name + '-conv1b', 1, 1))
  h = self.conv(h, p, name + '-conv2', 1, 0)
  se = name + '-se_'
  hidden = torch.relu(torch.addmm(p[se + 'b1'], torch.mean(h, [2, 3]), p[se + 'W1']))
  gate = torch.sigmoid(torch.addmm(p[se + 'b2'], hidden, p[se + 'W2']))
  h = h * (gate * (0.4 * p[name + '-gain_gain'])).view(h.size(0), h.size(1), 1, 1)
  if transition:
    y = torch.avg_pool2d(a, [2, 2], [2, 2], [0, 0], True, False)
    y = self.conv(y, p, name + '-shortcut', 1, 0)
  else:
    y = x
  return y + h

def logits(self, x: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], training: bool) -> Tensor:
  h = self.conv(x, p, 'stem-conv0', 1, 1)
  h = self.block(h, p, 'stage1-block1', 1.0, True)
  h = self.block(h, p, 'stage2-block1', 1.04, True)
  h = self.block(h, p, 'stage2-block2', 1.04, False)
  h = self.block(h, p, 'stage3-block1', 1.08, True)
  h = self.f(self.conv(h, p, 'last-conv', 1, 0))
  return torch.addmm(p['classifier_b'], torch.mean(h, [2, 3]), p['classifier_W'])

def norm(self, h: Tensor) -> Tensor:
  # Of each unit of a weight, else of the whole; fully connected weights are [in, out].
  if h.dim() == 4:
    n = torch.norm(h, 2, [1, 2, 3], True)
  elif h.dim() == 2:
    n = torch.norm(h, 2, [0], True)
  else:
    n = torch.norm(h)
  return n

def clipped(self, name: str, weight: Tensor, gradient: Tensor) -> Tensor:
  # Adaptive gradient clipping, but not of the classifier.
  if name.startswith('classifier'):
    result = gradient
  else:
    limit = torch.clamp_min(self.norm(weight), 0.001) * 0.01
    norms = self.norm(gradient)
    small = gradient * (limit / torch.clamp_min(norms, 0.000001))
    result = torch.where(norms > limit, small, gradient)
  return result
